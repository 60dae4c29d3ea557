namespace Fhir.Ucum;

/// <summary>
/// The atoms of UCUM 2.2 (https://ucum.org/ucum), separated by semicolons: code, whether prefixes apply (m), kind, then factor or function, and the unit it counts in.
/// </summary>
internal static class UcumAtoms
{
    internal const string Table = """
        m m base ; s m base ; g m base ; rad m base ; K m base ; C m base ; cd m base ; 10* - unit 10 1 ; 10^ - unit 10 1
        [pi] - unit 3.1415926535897932384626433832795028841971693993751058209749445923 1 ; % - unit 1 10*-2
        [ppth] - unit 1 10*-3 ; [ppm] - unit 1 10*-6 ; [ppb] - unit 1 10*-9 ; [pptr] - unit 1 10*-12
        mol m unit 6.0221367 10*23 ; sr m unit 1 rad2 ; Hz m unit 1 s-1 ; N m unit 1 kg.m/s2 ; Pa m unit 1 N/m2 ; J m unit 1 N.m
        W m unit 1 J/s ; A m unit 1 C/s ; V m unit 1 J/C ; F m unit 1 C/V ; Ohm m unit 1 V/A ; S m unit 1 Ohm-1
        Wb m unit 1 V.s ; Cel m special Cel K ; T m unit 1 Wb/m2 ; H m unit 1 Wb/A ; lm m unit 1 cd.sr ; lx m unit 1 lm/m2
        Bq m unit 1 s-1 ; Gy m unit 1 J/kg ; Sv m unit 1 J/kg ; deg - unit 2 [pi].rad/360 ; gon - unit 0.9 deg
        ' - unit 1 deg/60 ; '' - unit 1 '/60 ; l m unit 1 dm3 ; L m unit 1 l ; ar m unit 100 m2 ; min - unit 60 s
        h - unit 60 min ; d - unit 24 h ; a_t - unit 365.24219 d ; a_j - unit 365.25 d ; a_g - unit 365.2425 d ; a - unit 1 a_j
        wk - unit 7 d ; mo_s - unit 29.53059 d ; mo_j - unit 1 a_j/12 ; mo_g - unit 1 a_g/12 ; mo - unit 1 mo_j
        t m unit 1e3 kg ; bar m unit 1e5 Pa ; u m unit 1.6605402e-24 g ; AU - unit 149597.870691 Mm ; pc m unit 3.085678e16 m
        [c] m unit 299792458 m/s ; [h] m unit 6.6260755e-34 J.s ; [k] m unit 1.380658e-23 J/K
        [eps_0] m unit 8.854187817e-12 F/m ; [mu_0] m unit 1 N/A2 ; [e] m unit 1.60217733e-19 C ; eV m unit 1 [e].V
        [m_e] m unit 9.1093897e-28 g ; [m_p] m unit 1.6726231e-24 g ; [G] m unit 6.67259e-11 m3.kg-1.s-2
        [g] m unit 980665e-5 m/s2 ; Torr - unit 133.322 Pa ; atm - unit 101325 Pa ; [ly] m unit 1 [c].a_j ; gf m unit 1 g.[g]
        Ky m unit 1 cm-1 ; Gal m unit 1 cm/s2 ; dyn m unit 1 g.cm/s2 ; erg m unit 1 dyn.cm ; P m unit 1 dyn.s/cm2
        Bi m unit 10 A ; St m unit 1 cm2/s ; Mx m unit 1e-8 Wb ; G m unit 1e-4 T ; Oe m unit 250 A/m ; Gb m unit 1 Oe.cm
        sb m unit 1 cd/cm2 ; Lmb m unit 1 cd/cm2/[pi] ; ph m unit 1e-4 lx ; Ci m unit 37e9 Bq ; R m unit 2.58e-4 C/kg
        RAD m unit 100 erg/g ; REM m unit 1 RAD ; [in_i] - unit 254e-2 cm ; [ft_i] - unit 12 [in_i] ; [yd_i] - unit 3 [ft_i]
        [mi_i] - unit 5280 [ft_i] ; [fth_i] - unit 6 [ft_i] ; [nmi_i] - unit 1852 m ; [kn_i] - unit 1 [nmi_i]/h
        [sin_i] - unit 1 [in_i]2 ; [sft_i] - unit 1 [ft_i]2 ; [syd_i] - unit 1 [yd_i]2 ; [cin_i] - unit 1 [in_i]3
        [cft_i] - unit 1 [ft_i]3 ; [cyd_i] - unit 1 [yd_i]3 ; [bf_i] - unit 144 [in_i]3 ; [cr_i] - unit 128 [ft_i]3
        [mil_i] - unit 1e-3 [in_i] ; [cml_i] - unit 1 [pi]/4.[mil_i]2 ; [hd_i] - unit 4 [in_i] ; [ft_us] - unit 1200 m/3937
        [yd_us] - unit 3 [ft_us] ; [in_us] - unit 1 [ft_us]/12 ; [rd_us] - unit 16.5 [ft_us] ; [ch_us] - unit 4 [rd_us]
        [lk_us] - unit 1 [ch_us]/100 ; [rch_us] - unit 100 [ft_us] ; [rlk_us] - unit 1 [rch_us]/100 ; [fth_us] - unit 6 [ft_us]
        [fur_us] - unit 40 [rd_us] ; [mi_us] - unit 8 [fur_us] ; [acr_us] - unit 160 [rd_us]2 ; [srd_us] - unit 1 [rd_us]2
        [smi_us] - unit 1 [mi_us]2 ; [sct] - unit 1 [mi_us]2 ; [twp] - unit 36 [sct] ; [mil_us] - unit 1e-3 [in_us]
        [in_br] - unit 2.539998 cm ; [ft_br] - unit 12 [in_br] ; [rd_br] - unit 16.5 [ft_br] ; [ch_br] - unit 4 [rd_br]
        [lk_br] - unit 1 [ch_br]/100 ; [fth_br] - unit 6 [ft_br] ; [pc_br] - unit 2.5 [ft_br] ; [yd_br] - unit 3 [ft_br]
        [mi_br] - unit 5280 [ft_br] ; [nmi_br] - unit 6080 [ft_br] ; [kn_br] - unit 1 [nmi_br]/h ; [acr_br] - unit 4840 [yd_br]2
        [gal_us] - unit 231 [in_i]3 ; [bbl_us] - unit 42 [gal_us] ; [qt_us] - unit 1 [gal_us]/4 ; [pt_us] - unit 1 [qt_us]/2
        [gil_us] - unit 1 [pt_us]/4 ; [foz_us] - unit 1 [gil_us]/4 ; [fdr_us] - unit 1 [foz_us]/8
        [min_us] - unit 1 [fdr_us]/60 ; [crd_us] - unit 128 [ft_i]3 ; [bu_us] - unit 2150.42 [in_i]3
        [gal_wi] - unit 1 [bu_us]/8 ; [pk_us] - unit 1 [bu_us]/4 ; [dqt_us] - unit 1 [pk_us]/8 ; [dpt_us] - unit 1 [dqt_us]/2
        [tbs_us] - unit 1 [foz_us]/2 ; [tsp_us] - unit 1 [tbs_us]/3 ; [cup_us] - unit 16 [tbs_us] ; [foz_m] - unit 30 mL
        [cup_m] - unit 240 mL ; [tsp_m] - unit 5 mL ; [tbs_m] - unit 15 mL ; [gal_br] - unit 4.54609 l
        [pk_br] - unit 2 [gal_br] ; [bu_br] - unit 4 [pk_br] ; [qt_br] - unit 1 [gal_br]/4 ; [pt_br] - unit 1 [qt_br]/2
        [gil_br] - unit 1 [pt_br]/4 ; [foz_br] - unit 1 [gil_br]/5 ; [fdr_br] - unit 1 [foz_br]/8
        [min_br] - unit 1 [fdr_br]/60 ; [gr] - unit 64.79891 mg ; [lb_av] - unit 7000 [gr] ; [lbf_av] - unit 1 [lb_av].[g]
        [oz_av] - unit 1 [lb_av]/16 ; [dr_av] - unit 1 [oz_av]/16 ; [scwt_av] - unit 100 [lb_av] ; [lcwt_av] - unit 112 [lb_av]
        [ston_av] - unit 20 [scwt_av] ; [lton_av] - unit 20 [lcwt_av] ; [stone_av] - unit 14 [lb_av] ; [pwt_tr] - unit 24 [gr]
        [oz_tr] - unit 20 [pwt_tr] ; [lb_tr] - unit 12 [oz_tr] ; [sc_ap] - unit 20 [gr] ; [dr_ap] - unit 3 [sc_ap]
        [oz_ap] - unit 8 [dr_ap] ; [lb_ap] - unit 12 [oz_ap] ; [oz_m] - unit 28 g ; [lne] - unit 1 [in_i]/12
        [pnt] - unit 1 [lne]/6 ; [pca] - unit 12 [pnt] ; [pnt_pr] - unit 0.013837 [in_i] ; [pca_pr] - unit 12 [pnt_pr]
        [pied] - unit 32.48 cm ; [pouce] - unit 1 [pied]/12 ; [ligne] - unit 1 [pouce]/12 ; [didot] - unit 1 [ligne]/6
        [cicero] - unit 12 [didot] ; [degF] - special degF K ; [degR] - unit 5 K/9 ; [degRe] - special degRe K
        cal_[15] m unit 4.18580 J ; cal_[20] m unit 4.18190 J ; cal_m m unit 4.19002 J ; cal_IT m unit 4.1868 J
        cal_th m unit 4.184 J ; cal m unit 1 cal_th ; [Cal] - unit 1 kcal_th ; [Btu_39] - unit 1.05967 kJ
        [Btu_59] - unit 1.05480 kJ ; [Btu_60] - unit 1.05468 kJ ; [Btu_m] - unit 1.05587 kJ ; [Btu_IT] - unit 1.05505585262 kJ
        [Btu_th] - unit 1.054350 kJ ; [Btu] - unit 1 [Btu_th] ; [HP] - unit 550 [ft_i].[lbf_av]/s ; tex m unit 1 g/km
        [den] - unit 1 g/9/km ; m[H2O] m unit 980665e-5 kPa ; m[Hg] m unit 133.3220 kPa ; [in_i'H2O] - unit 1 m[H2O].[in_i]/m
        [in_i'Hg] - unit 1 m[Hg].[in_i]/m ; [PRU] - unit 1 mm[Hg].s/ml ; [wood'U] - unit 1 mm[Hg].min/L ; [diop] - unit 1 /m
        [p'diop] - special tanTimes100 rad ; %[slope] - special 100tan deg ; [mesh_i] - unit 1 /[in_i] ; [Ch] - unit 1 mm/3
        [drp] - unit 1 ml/20 ; [hnsf'U] - unit 1 1 ; [MET] - unit 3.5 mL/min/kg ; [hp'_X] - special hpX 1
        [hp'_C] - special hpC 1 ; [hp'_M] - special hpM 1 ; [hp'_Q] - special hpQ 1 ; [hp_X] - arbitrary ; [hp_C] - arbitrary
        [hp_M] - arbitrary ; [hp_Q] - arbitrary ; [kp_X] - arbitrary ; [kp_C] - arbitrary ; [kp_M] - arbitrary
        [kp_Q] - arbitrary ; eq m unit 1 mol ; osm m unit 1 mol ; [pH] - special pH mol/l ; g% m unit 1 g/dl
        [S] - unit 1 10*-13.s ; [HPF] - unit 1 1 ; [LPF] - unit 100 1 ; kat m unit 1 mol/s ; U m unit 1 umol/min
        [iU] m arbitrary ; [IU] m unit 1 [iU] ; [arb'U] - arbitrary ; [USP'U] - arbitrary ; [GPL'U] - arbitrary
        [MPL'U] - arbitrary ; [APL'U] - arbitrary ; [beth'U] - arbitrary ; [anti'Xa'U] - arbitrary ; [todd'U] - arbitrary
        [dye'U] - arbitrary ; [smgy'U] - arbitrary ; [bdsk'U] - arbitrary ; [ka'U] - arbitrary ; [knk'U] - arbitrary
        [mclg'U] - arbitrary ; [tb'U] - arbitrary ; [CCID_50] - arbitrary ; [TCID_50] - arbitrary ; [EID_50] - arbitrary
        [PFU] - arbitrary ; [FFU] - arbitrary ; [CFU] - arbitrary ; [IR] - arbitrary ; [BAU] - arbitrary ; [AU] - arbitrary
        [Amb'a'1'U] - arbitrary ; [PNU] - arbitrary ; [Lf] - arbitrary ; [D'ag'U] - arbitrary ; [FEU] - arbitrary
        [ELU] - arbitrary ; [EU] - arbitrary ; Np m special ln 1 ; B m special lg 1 ; B[SPL] m special lgTimes2 Pa
        B[V] m special lgTimes2 V ; B[mV] m special lgTimes2 mV ; B[uV] m special lgTimes2 uV ; B[10.nV] m special lgTimes2 nV
        B[W] m special lg W ; B[kW] m special lg kW ; st m unit 1 m3 ; Ao - unit 0.1 nm ; b - unit 100 fm2
        att - unit 1 kgf/cm2 ; mho m unit 1 S ; [psi] - unit 1 [lbf_av]/[in_i]2 ; circ - unit 2 [pi].rad ; sph - unit 4 [pi].sr
        [car_m] - unit 2e-1 g ; [car_Au] - unit 1 /24 ; [smoot] - unit 67 [in_i] ; [m/s2/Hz^(1/2)] - special sqrt m2/s4/Hz
        bit_s - special ld 1 ; bit m unit 1 1 ; By m unit 8 bit ; Bd m unit 1 s
        """;
}
